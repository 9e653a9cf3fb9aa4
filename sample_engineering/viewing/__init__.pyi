from .server import Viewer as Viewer
