"""Generated organisations with known incidents: to try lastday on, and to measure it by.

They know nothing of how lastday judges.
"""

from monitor.world.generate import generate, shapes
from monitor.world.model import World
from monitor.world.write import write

__all__ = ["World", "generate", "shapes", "write"]
