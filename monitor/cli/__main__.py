"""python -m monitor.cli"""

from monitor.cli import program

program()
