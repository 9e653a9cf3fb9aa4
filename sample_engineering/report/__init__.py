"""From a run folder to tables, figures and one HTML page."""

from sample_engineering.report.page import render_page, write_report
from sample_engineering.report.run_folder import RunFolder

__all__ = ["RunFolder", "render_page", "write_report"]
