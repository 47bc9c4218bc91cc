import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Box, FieldSet, Input, SecretInput, SecretTextArea, Stack, Switch, TimeZonePicker } from '@grafana/ui';
import React, { type ChangeEvent, type FormEvent } from 'react';
import { Labelled } from '../editor/parts';
import type { WatchtowerOptions, WatchtowerSecrets } from '../types';
import { urlMistake } from './urlMistake';

type Props = DataSourcePluginOptionsEditorProps<WatchtowerOptions, WatchtowerSecrets>;

/** What the values of fields look like; nothing in them is for translators. */
const EXAMPLES = {
  url: 'http://127.0.0.1:8686',
  certificate: '-----BEGIN CERTIFICATE-----',
  key: '-----BEGIN PRIVATE KEY-----',
};

/** Where the API is, the two keys, and how to connect. */
export function ConfigEditor({ options, onOptionsChange }: Props) {
  const { jsonData, secureJsonData, secureJsonFields } = options;
  const set = (changed: Partial<WatchtowerOptions>) =>
    onOptionsChange({ ...options, jsonData: { ...jsonData, ...changed } });
  const text = (name: 'apiUrl' | 'serverName') => (event: ChangeEvent<HTMLInputElement>) =>
    set({ [name]: event.currentTarget.value });
  const secret = (name: keyof WatchtowerSecrets) => ({
    isConfigured: Boolean(secureJsonFields?.[name]),
    value: secureJsonData?.[name] ?? '',
    onChange: (event: FormEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onOptionsChange({ ...options, secureJsonData: { ...secureJsonData, [name]: event.currentTarget.value } }),
    onReset: () =>
      onOptionsChange({
        ...options,
        secureJsonFields: { ...secureJsonFields, [name]: false },
        secureJsonData: { ...secureJsonData, [name]: '' },
      }),
  });
  const mistake = urlMistake(jsonData.apiUrl);
  return (
    <Stack direction="column" gap={2}>
      <FieldSet label={t('config.api', 'Watchtower API')}>
        <Stack direction="column" gap={2}>
          <Labelled
            label={t('config.url.label', 'URL')}
            description={t('config.url.description', 'Address of the Watchtower service, as Grafana reaches it')}
            error={mistake && mistakeText(mistake)}
          >
            {(id) => (
              <Input
                id={id}
                width={60}
                value={jsonData.apiUrl ?? ''}
                placeholder={EXAMPLES.url}
                onChange={text('apiUrl')}
              />
            )}
          </Labelled>
          <Labelled
            label={t('config.read-key.label', 'Read key')}
            description={t(
              'config.read-key.description',
              'WATCHTOWER_READ_KEY of the service; empty where it has no keys'
            )}
          >
            {(id) => <SecretInput id={id} width={60} autoComplete="off" {...secret('readKey')} />}
          </Labelled>
          <Labelled
            label={t('config.admin-key.label', 'Admin key')}
            description={t(
              'config.admin-key.description',
              'WATCHTOWER_ADMIN_KEY, for uploads, retry, delete and acknowledge; empty leaves these to the command line'
            )}
          >
            {(id) => <SecretInput id={id} width={60} autoComplete="off" {...secret('adminKey')} />}
          </Labelled>
          <Labelled
            label={t('config.timezone.label', 'Default time zone')}
            description={t(
              'config.timezone.description',
              "Whose days count where a query names none; empty: the service's"
            )}
          >
            {(id) => (
              <Box maxWidth="480px">
                <TimeZonePicker
                  inputId={id}
                  value={jsonData.timezone ?? ''}
                  onChange={(timezone) => set({ timezone: timezone ?? '' })}
                />
              </Box>
            )}
          </Labelled>
          <Labelled
            label={t('config.timeout.label', 'Timeout in seconds')}
            description={t('config.timeout.description', 'After which a query is given up; empty: 30')}
          >
            {(id) => (
              <Input
                id={id}
                type="number"
                min={1}
                width={20}
                value={jsonData.timeout ?? ''}
                onChange={(event) =>
                  set({
                    timeout: Number.parseInt(event.currentTarget.value, 10) || undefined,
                  } as Partial<WatchtowerOptions>)
                }
              />
            )}
          </Labelled>
        </Stack>
      </FieldSet>
      <FieldSet label={t('config.tls.label', 'TLS')}>
        <Stack direction="column" gap={2}>
          <Labelled label={t('config.tls.skip', 'Skip the check of the certificate')}>
            {(id) => (
              <Switch
                id={id}
                value={jsonData.tlsSkipVerify ?? false}
                onChange={(event) => set({ tlsSkipVerify: event.currentTarget.checked })}
              />
            )}
          </Labelled>
          <Labelled label={t('config.tls.with-ca', 'Own certificate authority')}>
            {(id) => (
              <Switch
                id={id}
                value={jsonData.tlsAuthWithCACert ?? false}
                onChange={(event) => set({ tlsAuthWithCACert: event.currentTarget.checked })}
              />
            )}
          </Labelled>
          {jsonData.tlsAuthWithCACert && (
            <Labelled label={t('config.tls.ca', 'CA certificate')}>
              {(id) => (
                <SecretTextArea
                  id={id}
                  cols={60}
                  rows={5}
                  placeholder={EXAMPLES.certificate}
                  {...secret('tlsCACert')}
                />
              )}
            </Labelled>
          )}
          <Labelled label={t('config.tls.client', 'Client certificate')}>
            {(id) => (
              <Switch
                id={id}
                value={jsonData.tlsAuth ?? false}
                onChange={(event) => set({ tlsAuth: event.currentTarget.checked })}
              />
            )}
          </Labelled>
          {jsonData.tlsAuth && (
            <>
              <Labelled label={t('config.tls.server-name', 'Server name')}>
                {(id) => <Input id={id} width={60} value={jsonData.serverName ?? ''} onChange={text('serverName')} />}
              </Labelled>
              <Labelled label={t('config.tls.client-cert', 'Certificate of the client')}>
                {(id) => (
                  <SecretTextArea
                    id={id}
                    cols={60}
                    rows={5}
                    placeholder={EXAMPLES.certificate}
                    {...secret('tlsClientCert')}
                  />
                )}
              </Labelled>
              <Labelled label={t('config.tls.client-key', 'Key of the client')}>
                {(id) => (
                  <SecretTextArea id={id} cols={60} rows={5} placeholder={EXAMPLES.key} {...secret('tlsClientKey')} />
                )}
              </Labelled>
            </>
          )}
        </Stack>
      </FieldSet>
    </Stack>
  );
}

function mistakeText(mistake: NonNullable<ReturnType<typeof urlMistake>>): string {
  return mistake === 'form'
    ? t('config.url.form', 'Must begin with http:// or https:// and name a host')
    : t('config.url.extra', 'Must be an address alone: no user, query or fragment');
}
