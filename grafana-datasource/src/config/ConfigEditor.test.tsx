import type { DataSourceSettings } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { barriers } from '../testing/axe';
import type { WatchtowerOptions, WatchtowerSecrets } from '../types';
import { ConfigEditor } from './ConfigEditor';
import { urlMistake } from './urlMistake';

type Settings = DataSourceSettings<WatchtowerOptions, WatchtowerSecrets>;

let saved: Settings;

function Page({ start }: { start: Partial<Settings> }) {
  const [options, setOptions] = useState({ jsonData: {}, secureJsonFields: {}, ...start } as Settings);
  const change = (next: Settings) => {
    saved = next;
    setOptions(next);
  };
  return <ConfigEditor options={options} onOptionsChange={change} />;
}

// Without it a person would learn of a wrong address only from a query that fails.
test.each([
  ['', undefined],
  ['http://127.0.0.1:8686', undefined],
  [' https://host/below ', undefined],
  ['127.0.0.1:8686', 'form'],
  ['ftp://host', 'form'],
  ['http://', 'form'],
  ['javascript:alert(1)', 'form'],
  ['http://user:word@host', 'extra'],
  ['http://host?x=1', 'extra'],
  ['http://host#x', 'extra'],
])('the address %j: %s', (text, mistake) => expect(urlMistake(text)).toBe(mistake));

test('a mistake in the address stands beside it', async () => {
  const user = userEvent.setup();
  render(<Page start={{}} />);
  await user.type(screen.getByRole('textbox', { name: /^URL/ }), 'host');
  expect(screen.getByText('Must begin with http:// or https:// and name a host')).toBeInTheDocument();
  // It is no `url`, which would open the API to everyone through Grafana's proxy.
  expect(saved.jsonData).toEqual({ apiUrl: 'host' });
  expect(saved.url).toBeUndefined();
});

test('a key that is saved is never shown; a reset takes it back', async () => {
  const user = userEvent.setup();
  render(<Page start={{ secureJsonFields: { readKey: true, adminKey: true } }} />);
  await user.click(screen.getAllByRole('button', { name: 'Reset' })[1] as HTMLElement);
  expect(saved.secureJsonFields).toEqual({ readKey: true, adminKey: false });
  await user.type(screen.getByLabelText(/^Admin key/), 'secret');
  expect(saved.secureJsonData).toEqual({ adminKey: 'secret' });
});

test('certificates are asked for where they are wanted', async () => {
  const user = userEvent.setup();
  const { container } = render(<Page start={{}} />);
  expect(screen.queryByLabelText('CA certificate')).toBeNull();
  await user.click(screen.getByRole('switch', { name: 'Own certificate authority' }));
  await user.click(screen.getByRole('switch', { name: 'Client certificate' }));
  expect(screen.getByLabelText('CA certificate')).toBeInTheDocument();
  expect(screen.getByLabelText('Key of the client')).toBeInTheDocument();
  expect(saved.jsonData).toEqual({ tlsAuthWithCACert: true, tlsAuth: true });
  expect(await barriers(container)).toEqual([]);
});

test('a timeout that is taken out is the usual one again', async () => {
  const user = userEvent.setup();
  render(<Page start={{ jsonData: { timeout: 5 } }} />);
  await user.clear(screen.getByRole('spinbutton', { name: /^Timeout/ }));
  expect(saved.jsonData.timeout).toBeUndefined();
});
