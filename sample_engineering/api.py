"""The notebook API: resolves defaults and joins the wings."""
