#!/usr/bin/env bash
# What the tests need beyond Python: Chromium for the screens, PostgreSQL for the second store,
# an SSH server that the tests start themselves.
set -u
missing=()
command -v chromium >/dev/null || missing+=(chromium)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ -x /usr/sbin/sshd ] || missing+=(openssh-server)
fc-list 2>/dev/null | grep -qi -e liberation -e dejavu || missing+=(fonts-liberation)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation de : ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi
echo "Il manque : ${missing[*]}. Sur Debian ou Ubuntu : sudo apt install ${missing[*]}"
[ "${CI:-}" = true ] && exit 1
exit 0
