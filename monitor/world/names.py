"""Names of people, files and machines: lists to draw from."""

from __future__ import annotations

GIVEN = tuple(
    """
    Aaron Abena Adam Aisha Akira Alejandra Alice Amara Amir Ana Anders Andrea Anika Antonio Anya Arjun Astrid Ayşe
    Beatriz Benjamin Bianca Björn Bruno Camille Carlos Carmen Cedric Chen Chiara Chloe Claire Clara Daniel Daria David
    Deepa Diego Dmitri Dora Edith Eduardo Elena Eli Elif Elijah Emeka Emil Emma Enzo Erik Esra Esther Eva Fatima Felix
    Femi Fiona Florian Francesca Freya Gabriel George Giulia Grace Greta Gustavo Hannah Hana Haruto Hassan Helen Henrik
    Hugo Ibrahim Imani Ines Ingrid Irene Isaac Ivan Jack Jamal James Jana Jasmin Javier Jin Joana Johan Jonas José Julia
    Kamal Karin Katarzyna Keiko Kemal Kevin Kofi Lars Laura Layla Lea Leila Leon Liam Lina Linh Lucas Lucia Luka Maja
    Malik Marco Margaret Maria Mariam Mark Marta Martin Mateo Maya Mei Mia Michael Miguel Mila Min Miriam Mohamed Nadia
    Naomi Natalia Neha Nia Nicolas Nina Noah Nora Olga Oliver Olivia Omar Oscar Pablo Paula Pavel Pedro Petra Philip
    Priya Quinn Rachel Rafael Rahul Rania Ravi Rebecca Renata Ricardo Rosa Ruth Ryan Sade Salma Samuel Sanjay Sara
    Sebastian Selin Sergei Simon Sofia Stefan Stella Suda Susan Sven Tamar Tariq Teresa Theo Thomas Tobias Tomás Uma
    Valentina Vera Victor Vikram Wei William Yara Yasmin Yuki Yusuf Zainab Zara Zoe
    """.split()  # noqa: SIM905
)
FAMILY = tuple(
    """
    Abbott Abdi Acosta Adeyemi Ahmed Akbar Almeida Amari Andersen Arslan Asante Baker Banerjee Barros Bauer Becker Bell
    Bennett Berg Bianchi Black Blom Boateng Bouchard Braun Brooks Cabrera Campbell Castillo Chan Chandra Chen Clarke
    Cohen Colombo Cooper Costa Cruz Dahl Dalton Das Davies Demir Diaz Diallo Dubois Duarte Eriksen Esposito Evans Farah
    Fernandes Ferrari Fischer Flores Foster Fraser Fujita Garcia Gomez Graham Gray Greco Gupta Haddad Hall Hansen Harris
    Hassan Hayashi Hoffmann Holm Horvat Hughes Hussain Ibarra Ito Ivanov Jackson Jain Jansen Jensen Johansson Joshi Kaya
    Keller Kelly Khan Kim Kimura King Klein Kovacs Kowalski Kruger Kumar Lambert Lang Larsen Laurent Lee Lehmann Lewis
    Lim Lindberg Liu Lopez Lund Maier Malik Martin Mbeki Medina Mehta Mendes Meyer Moreau Mori Morris Müller Murphy Nair
    Nakamura Navarro Nguyen Nielsen Novak Nowak Obi Okafor Olsen Ortega Osei Owusu Park Patel Pereira Perez Petrov Pham
    Phillips Popescu Price Quist Rahman Ramos Reed Reyes Ricci Richter Rivera Roberts Rojas Romano Rossi Roy Ruiz Ryan
    Saito Salazar Santos Sato Schmidt Schneider Schwarz Sharma Shaw Silva Singh Sokolov Sousa Stewart Suzuki Svensson
    Tanaka Taylor Tesfaye Thomas Torres Tran Turner Usman Vargas Varga Vega Vogel Wagner Walker Wang Ward Watson Weber
    Wolf Wong Wood Wright Yamada Yang Yilmaz Young Zhang Ziegler
    """.split()  # noqa: SIM905
)
WORDS = tuple(
    """
    alpha amber anchor annual apex apollo archive atlas audit aurora autumn basalt beacon benefit birch board bravo
    bridge brief budget cadence canvas cedar central channel charter cobalt compass contract coral core cost crane
    cycle delta depot draft dune echo ember engine epoch falcon feed ferry field fleet forecast forum gamma garnet
    gateway granite grid guide harbor hazel helix hiring horizon index input insight iris item jade journal juniper
    kernel lagoon lantern launch ledger legacy lemon level lima linden lumen maple margin market matrix mercury meridian
    metric mint model monitor nectar network nimbus north notes nova ocean offer omega onyx orbit order outline panel
    partner pearl phase pilot plan planet policy portal prism process project proposal quartz query queue rapid ready
    record region release report review ridge river roster route sample schema scope sierra signal silver south spring
    staff status storm stream summary summit survey table target team tempo terra thread tide topic tower training
    trend ultra update vector venture vendor vertex vista water weekly west willow winter yield zenith zone
    """.split()  # noqa: SIM905
)
PRIVATE_DOMAINS = ("mailbox.example", "postbox.example", "homemail.example", "quickmail.example")
PARTNERS = (
    "northwind.example", "brightline.example", "oakfield.example", "redstone.example", "lumina.example",
    "harborview.example", "quantico.example", "silverleaf.example", "tallgrass.example", "vireo.example",
    "bluepeak.example", "crestway.example", "ironbridge.example", "meadow.example", "papermill.example",
)  # fmt: skip
RIVALS = ("rivalworks.example", "competo.example", "otherbrand.example")
