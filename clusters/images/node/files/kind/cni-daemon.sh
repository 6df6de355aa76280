# Runs in every node under busybox sh. Follows the Node objects and keeps, for both families,
#   this node's CNI configuration (ptp + host-local + portmap) from its pod CIDRs, and
#   a route to each other node's pod CIDRs by way of its address.
# Docker may hand a restarted node another address; its kubelet then reports it, and the routes follow.
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
account=/var/run/secrets/kubernetes.io/serviceaccount

# One line for each event: node name, pod CIDRs and internal addresses, comma-separated lists.
follow_nodes() {
  curl --silent --show-error --no-buffer --cacert "$account/ca.crt" \
    --header "Authorization: Bearer $(cat "$account/token")" \
    "https://$CONTROL_PLANE_ENDPOINT/api/v1/nodes?watch=1&timeoutSeconds=600" |
  jq --unbuffered --raw-output 'select(.type == "ADDED" or .type == "MODIFIED") | .object
    | [ .metadata.name, (.spec.podCIDRs // [] | join(",")),
        ([.status.addresses[]? | select(.type == "InternalIP").address] | join(",")) ] | join(" ")'
}

write_configuration() {
  jq --null-input --arg cidrs "$1" '($cidrs | split(",")) as $cidrs | {
    cniVersion: "1.0.0", name: "dualvip", plugins: [
      { type: "ptp", mtu: 1500, ipMasq: false, ipam: {
          type: "host-local", dataDir: "/run/cni-ipam-state",
          routes: [ $cidrs[] | {dst: (if contains(":") then "::/0" else "0.0.0.0/0" end)} ],
          ranges: [ $cidrs[] | [{subnet: .}] ] } },
      { type: "portmap", capabilities: {portMappings: true} } ] }' > /etc/cni/net.d/10-dualvip.conflist.new
  mv /etc/cni/net.d/10-dualvip.conflist.new /etc/cni/net.d/10-dualvip.conflist
}

# The route for each pod CIDR goes by the node's address of the same family.
write_routes() {
  for cidr in $(echo "$1" | tr , ' '); do
    for address in $(echo "$2" | tr , ' '); do
      case "$cidr,$address" in
        *:*,*:*) ip -6 route replace "$cidr" via "$address" ;;
        *:*,* | *,*:*) ;;
        *) ip route replace "$cidr" via "$address" ;;
      esac
    done
  done
}

while :; do
  follow_nodes | while read -r name cidrs addresses; do
    [ -n "$cidrs" ] && [ -n "$addresses" ] || continue
    if [ "$name" = "$NODE_NAME" ]; then
      [ "$cidrs" = "${written:-}" ] || write_configuration "$cidrs"
      written=$cidrs
    else
      write_routes "$cidrs" "$addresses"
    fi
  done
  sleep 1 # a watch that ended at once (API server not up yet) must not spin
done
