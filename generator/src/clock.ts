const QUARTER = 900;

/** A zone's seconds ahead of UTC at a time (epoch seconds). Throws RangeError on a zone (IANA name) that is not known. */
export function clockOf(zone: string): (time: number) => number {
  if (zone === 'UTC') return () => 0;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (time) => {
    const quarter = Math.floor(time / QUARTER);
    let offset = known.get(quarter);
    if (offset === undefined) {
      const part = format.formatToParts(quarter * QUARTER * 1000).find(({ type }) => type === 'timeZoneName');
      known.set(quarter, (offset = secondsOf(part?.value ?? '')));
    }
    return offset;
  };
}

/** Seconds of `GMT+05:30`; 0 of `GMT`. */
function secondsOf(offset: string): number {
  const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
