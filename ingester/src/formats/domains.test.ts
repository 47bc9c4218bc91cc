import { toAsciiDomains } from './domains';

it('maps what the engine cannot convert and leaves out what it need not', () => {
  expect(toAsciiDomains(['bücher.example', 'BÜCHER.example', 'plain.example', 'not a domain ü'])).toEqual({
    'bücher.example': 'xn--bcher-kva.example',
    'BÜCHER.example': 'xn--bcher-kva.example',
  });
});
