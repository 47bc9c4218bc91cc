import { dashboardLink } from './links';

const RANGE = [1000, 2000] as const;
const open = (...named: Parameters<typeof dashboardLink>[0]) =>
  new URL(dashboardLink(named, RANGE), 'http://grafana');

// From a reason it is two clicks to the message whose answer shows why: an overview of it would be one more.
test('a reason leads to its events, whatever stands beside it; others to the dashboard that knows all of them', () => {
  const provider = { dimension: 'provider', value: 'gmail' } as const;
  const reason = { dimension: 'reason', value: '421 a|b, #c &from=0' } as const;
  expect(open(provider, reason).pathname).toBe('/d/pmta-events');
  expect(open(provider).pathname).toBe('/d/pmta-domains');
  expect(open(provider, { dimension: 'domain', value: 'gmail.com' }).pathname).toBe('/d/pmta-domains');
  expect(open(provider, { dimension: 'job', value: 'J-1' }).pathname).toBe('/d/pmta-health');
  expect(Object.fromEntries(open(provider, reason).searchParams)).toEqual({
    from: '1000000',
    to: '2000000',
    'var-provider': 'gmail',
    'var-filters': 'reason|=|421 a__gfp__b__gfc__ __gfh__c &from=0',
  });
});
