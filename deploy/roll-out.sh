#!/bin/sh
# Puts this version and these settings in force without a moment in which a service has no instance: sh deploy/roll-out.sh
# Migrates, starts as many new instances as there are, waits until they are ready, and removes the old ones. Stops where something fails.
set -eu
scales=''
old=''
for service in auth directory permissions dashboard; do
  instances=$(docker compose ps -q "$service")
  [ -n "$instances" ] || { echo "There is no $service to replace: use docker compose up." >&2; exit 1; }
  scales="$scales --scale $service=$((2 * $(echo "$instances" | wc -w)))"
  old="$old $instances"
done
docker compose build
# Else the one-offs would run once more as they are.
docker compose rm -f migrate demo
# Without quotes, because each is several words.
docker compose up -d --no-recreate --wait $scales
docker stop $old
docker rm $old
# A mounted file is read at the start only.
docker compose exec -T proxy cat /etc/nginx/templates/default.conf.template | cmp -s - deploy/proxy.conf.template ||
  docker compose restart proxy
