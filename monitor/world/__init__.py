"""Generated organisations with known incidents: to try lastday on, and to measure it by.

They know nothing of how lastday judges.
"""

from monitor.world.generate import SHAPES, generate
from monitor.world.model import World
from monitor.world.recent import made_recent
from monitor.world.write import write

__all__ = ["SHAPES", "World", "generate", "made_recent", "write"]
