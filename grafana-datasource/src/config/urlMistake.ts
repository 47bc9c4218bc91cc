/** What is wrong with the API's address, as the backend would see it; undefined while nothing is typed. */
export function urlMistake(text: string | undefined): 'form' | 'extra' | undefined {
  const address = (text ?? '').trim();
  if (address === '') {
    return undefined;
  }
  const url = /^https?:\/\/[^/?#]/.test(address) ? parsed(address) : undefined;
  if (url === undefined) {
    return 'form';
  }
  const { username, password, search, hash } = url;
  return username !== '' || password !== '' || search !== '' || hash !== '' ? 'extra' : undefined;
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
