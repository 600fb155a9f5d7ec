#!/bin/sh
# The browsers of the tests, from Debian where they are missing: chromium, firefox-esr, and pdftotext. Without root or
# apt-get nothing is done; then the tests that need them are skipped and say so.
have() { command -v "$1" >/dev/null 2>&1; }

have chromium && have pdftotext && { have firefox-esr || have firefox; } && exit 0
if [ "$(id -u)" != 0 ] || ! have apt-get; then
  echo "browsers: chromium, firefox-esr or pdftotext is missing and cannot be installed here (no root, or no apt-get):" \
    "the tests that need it are skipped" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && timeout 300 apt-get install -y -qq --no-install-recommends chromium poppler-utils fonts-dejavu-core; } \
  >/dev/null 2>&1 || echo "browsers: apt-get could not install chromium: its tests are skipped" >&2
timeout 200 apt-get install -y -qq --no-install-recommends firefox-esr >/dev/null 2>&1 \
  || echo "browsers: apt-get could not install firefox-esr: its tests are skipped" >&2
exit 0
