import { domainToASCII } from 'node:url';

/**
 * ASCII form of each domain that has one and differs from it. The engine cannot make it itself, so it gets the map of
 * the few domains that need it; a name that is no valid domain stays as it is and is not in the map.
 */
export function toAsciiDomains(domains: string[]): Record<string, string> {
  const ascii: Record<string, string> = {};
  for (const domain of domains) {
    const converted = domainToASCII(domain);
    if (converted !== '' && converted !== domain) ascii[domain] = converted;
  }
  return ascii;
}
