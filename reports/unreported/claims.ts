/** Where the claims come from. */
export const GUIDE = 'the guide "How to Use PreferDualStack IP Family Policy with MetalLB"';

const DUAL_STACK = 'https://kubernetes.io/docs/concepts/services-networking/dual-stack/';

export interface Claim {
  text: string;
  /** What else says so, or describes what the claim is about. */
  see?: string;
}

/** The guide's claims, in our words. */
export const CLAIMS: Readonly<Record<string, Claim>> = {
  C1: { text: 'SingleStack gives exactly one address, of the family in ipFamilies', see: DUAL_STACK },
  C2: {
    text: 'PreferDualStack gives two addresses, one of each family, where both families are available',
    see: DUAL_STACK,
  },
  C3: {
    text: 'PreferDualStack falls back to one address where a family is not available',
    see: DUAL_STACK,
  },
  C4: { text: 'RequireDualStack gives two addresses where both families are available', see: DUAL_STACK },
  C5: { text: 'RequireDualStack stays Pending where a family is not available, and says why' },
  C6: { text: 'separate IPv4 and IPv6 pools serve dual stack' },
  C7: { text: 'a dual-stack cluster with addresses of both families on its nodes is what is needed' },
  C8: { text: 'a pool needs an advertisement for its addresses to be reachable' },
  C9: { text: 'the order of ipFamilies matters: the first is the primary', see: DUAL_STACK },
  C10: {
    text: 'IPv4 is announced by ARP and IPv6 by NDP',
    see: 'https://www.rfc-editor.org/rfc/rfc4861',
  },
  C11: { text: 'an address is inside its pool, the first and the last of the range included' },
  C12: {
    text: 'PreferDualStack migrates an IPv4 Service: it keeps its address and gains one of IPv6',
    see: DUAL_STACK,
  },
  C13: {
    text: 'one address with PreferDualStack means that there is no pool for the other family, and making it is the fix',
  },
  C14: {
    text: 'Pending with RequireDualStack means that a pool is empty or missing, and adding addresses is the fix',
  },
  C15: {
    text: 'an IPv6 address that is not reachable lacks its advertisement, and an L2Advertisement for its pool is the fix',
  },
  C16: {
    text: 'where IPv4 works and IPv6 times out, the network does not route IPv6, and a route is the fix',
  },
  C17: { text: "the Service's events and the controller's log tell why an allocation went as it did" },
  C18: { text: 'watching both endpoints catches an outage of one family' },
  C19: { text: "the Service's port reaches the targetPort on both addresses" },
  C20: { text: 'each policy does what it is chosen for', see: DUAL_STACK },
};
