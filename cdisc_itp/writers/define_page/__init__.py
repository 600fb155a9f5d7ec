"""define.html: a written define.xml as one page that needs no network, no script and no stylesheet of others."""
