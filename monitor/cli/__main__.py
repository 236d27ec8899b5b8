"""python -m monitor.cli"""

from monitor.cli import run

run()
