/** What is wrong with the API's address, as the backend would see it; undefined while nothing is typed. */
export function urlMistake(text: string | undefined): 'form' | 'extra' | undefined {
  if (text === undefined || text.trim() === '') {
    return undefined;
  }
  if (!/^https?:\/\/[^/?#]/.test(text.trim()) || !URL.canParse(text.trim())) {
    return 'form';
  }
  const { username, password, search, hash } = new URL(text.trim());
  return username !== '' || password !== '' || search !== '' || hash !== '' ? 'extra' : undefined;
}
