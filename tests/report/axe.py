#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""axe.py CHROMIUM AXE FILE...: pages in a browser at three widths, by axe-core (AXE is its
axe.min.js): tells what it finds, and where a page scrolls sideways.  The pages' own policy
forbids scripts, so that a copy without it is judged, inside of a page that sets the width."""

import html
import json
import re
import subprocess
import sys
import tempfile

HOST = """<!DOCTYPE html><title>host</title><pre id="out"></pre><script>
addEventListener('message', (event) => { document.getElementById('out').textContent = event.data; });
</script><iframe width="%d" height="900" srcdoc="%s"></iframe>"""
RUNNER = """<script>%s</script><script>
addEventListener('load', async () => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  document.querySelectorAll('details').forEach((part) => { part.open = true; });
  const found = await axe.run(document, {iframes: false});
  parent.postMessage('DONE' + JSON.stringify({wide, violations: found.violations.map((v) => v.id + ': ' + v.nodes[0].html)}) + 'END', '*');
});
</script></body>"""


def judge(chromium, axe, path, width, directory):
    with open(path, encoding="ascii") as file:
        page = file.read()
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    page = page.replace("</body>", RUNNER % axe, 1) if page.count("</body>") == 1 else page
    with open(f"{directory}/host.html", "w", encoding="utf-8") as file:
        file.write(HOST % (width, html.escape(page)))
    done = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={directory}/profile", "--virtual-time-budget=60000",
                           "--window-size=1400,1000", "--dump-dom", f"file://{directory}/host.html"], capture_output=True, check=False, timeout=300)
    said = re.search(r'<pre id="out">DONE(.*?)END</pre>', done.stdout.decode("utf-8", "replace"), re.S)
    if not said:
        print(f"{path} at {width}: the browser gave no answer")
        return
    found = json.loads(html.unescape(said[1]))
    if found["wide"] > 0:
        print(f"{path} at {width}: it is {found['wide']} pixels too wide")
    for line in found["violations"]:
        print(f"{path} at {width}: {line}")


with open(sys.argv[2], encoding="utf-8") as source, tempfile.TemporaryDirectory() as work:
    library = source.read().replace("</script", "<\\/script")
    for name in sys.argv[3:]:
        for pixels in (360, 768, 1280):
            judge(sys.argv[1], library, name, pixels, work)
