"""What axe-core says of the outputs of notebooks."""

from importlib.resources import files

OURS = {
    "include": [".jp-RenderedHTMLCommon", ".jp-OutputArea-output"],
    # The theme colours code in Markdown.
    "exclude": [".highlight"],
}
# JupyterLab's stylesheet removes the underline of links in Markdown, and a notebook cannot bring a
# style of its own.
NOT_OURS = {"link-in-text-block": {"enabled": False}}
# For axe, a missing level of headings is only moderate.
FAILS = "violation => /serious|critical/.test(violation.impact) || violation.id == 'heading-order'"
AXE = f"""async ([ours, options]) => {{
  // What was scrolled out at the top counts as hidden, and its contrast is not looked at.
  document.querySelectorAll("*").forEach(part => {{ part.scrollTop = 0; }});
  const found = await axe.run(ours, {{resultTypes: ["violations"], preload: false, ...options}});
  return found.violations.filter({FAILS}).flatMap(({{id, nodes}}) =>
    nodes.map(node => `${{id}}: ${{node.html.slice(0, 200)}}; ${{node.failureSummary}}`));
}}"""


def axe(page):
    """Return what axe objects to in our content on a page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8"))
    return page.evaluate(AXE, [OURS, {"rules": NOT_OURS}])
