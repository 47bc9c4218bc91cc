/** A count with its thousands apart, rounded: `1,234`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A share as per cent: one digit behind the point below 10 %, two below 1 %. */
export function percent(share: number): string {
  const value = share * 100;
  return `${value.toFixed(value >= 9.95 || value === 0 ? 0 : value >= 0.995 ? 1 : 2)} %`;
}

/** A number of seconds as people say it: `45 s`, `12 min`, `3 h`. */
export function seconds(value: number): string {
  if (value < 120) return `${Math.round(value)} s`;
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}

/** An instant in epoch seconds: `10:05`, with the day where it is another one than that of `near`. */
export function clock(at: number, near: number = at): string {
  const [text, other] = [new Date(at * 1000).toISOString(), new Date(near * 1000).toISOString()];
  const time = text.slice(11, 16);
  return text.slice(0, 10) === other.slice(0, 10) ? time : `${text.slice(0, 10)} ${time}`;
}

/** The first characters of a text of the log. */
export function short(text: string, most = 120): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** A text with its first letter large. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const NAMES: Readonly<Record<string, string>> = { gmx: 'GMX', aol: 'AOL', other: 'Other providers' };

/** A provider as people write it; one without a name is a domain, and stays as it is. */
export function providerName(provider: string): string {
  return NAMES[provider] ?? (provider.includes('.') ? provider : capital(provider));
}
