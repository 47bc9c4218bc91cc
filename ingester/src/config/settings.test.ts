import path from 'node:path';
import { readSettings, SettingsError } from '.';

const wrong = (env: Record<string, string>): string => {
  try {
    readSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  throw new Error(`accepted ${JSON.stringify(env)}`);
};

describe('readSettings', () => {
  it('gives the documented defaults, so that a fresh clone starts without any setting', () => {
    expect(readSettings({})).toEqual({
      dropDir: path.resolve('drop'),
      dataDir: path.resolve('data'),
      host: '127.0.0.1',
      port: 8686,
      afterLoad: 'move',
      doneDays: 7,
      timezone: 'UTC',
      dedupe: 'skip',
      maxFileBytes: 4096 * 1024 * 1024,
      keys: {},
    });
  });

  it('reads every setting into its final unit', () => {
    expect(
      readSettings({
        WATCHTOWER_DROP_DIR: '/logs',
        WATCHTOWER_DATA_DIR: '/store',
        WATCHTOWER_HOST: '0.0.0.0',
        WATCHTOWER_PORT: '0',
        WATCHTOWER_CLICKHOUSE_URL: 'https://user:secret@clickhouse:8443/',
        WATCHTOWER_CLICKHOUSE_READ_URL: 'https://reader:secret@clickhouse:8443/',
        WATCHTOWER_AFTER_LOAD: 'keep',
        WATCHTOWER_DONE_DAYS: '3',
        WATCHTOWER_RAW_DAYS: '30',
        WATCHTOWER_ROLLUP_DAYS: '400',
        WATCHTOWER_KEEP_HEADERS: 'header_X-Campaign, x-customer,',
        WATCHTOWER_USER_HEADER: 'header_X-Customer',
        WATCHTOWER_TIMEZONE: 'Europe/Berlin',
        WATCHTOWER_DEDUPE: 'reject',
        WATCHTOWER_MAX_FILE_MB: '10',
        WATCHTOWER_ADMIN_KEY: 'a',
        WATCHTOWER_READ_KEY: 'r',
        WATCHTOWER_INGEST_KEY: 'i',
        WATCHTOWER_RULES: '/rules',
      }),
    ).toEqual({
      dropDir: '/logs',
      dataDir: '/store',
      host: '0.0.0.0',
      port: 0,
      clickhouseUrl: 'https://user:secret@clickhouse:8443/',
      clickhouseReadUrl: 'https://reader:secret@clickhouse:8443/',
      afterLoad: 'keep',
      doneDays: 3,
      rawDays: 30,
      rollupDays: 400,
      keepHeaders: ['x-campaign', 'x-customer'],
      userHeader: 'x-customer',
      timezone: 'Europe/Berlin',
      dedupe: 'reject',
      maxFileBytes: 10 * 1024 * 1024,
      keys: { admin: 'a', read: 'r', ingest: 'i' },
      rulesDir: '/rules',
    });
  });

  it('takes an empty variable as unset, as compose files pass on', () => {
    expect(readSettings({ WATCHTOWER_PORT: '', WATCHTOWER_READ_KEY: '' })).toEqual(readSettings({}));
  });

  it.each([
    [{ WATCHTOWER_PORT: '80a' }, /^WATCHTOWER_PORT must be a port number.*"80a"/],
    [{ WATCHTOWER_PORT: '65536' }, /^WATCHTOWER_PORT must be a port number/],
    [{ WATCHTOWER_PORT: '-1' }, /^WATCHTOWER_PORT must be a port number/],
    [{ WATCHTOWER_AFTER_LOAD: 'shred' }, /^WATCHTOWER_AFTER_LOAD must be one of move, keep, delete.*"shred"/],
    [{ WATCHTOWER_USER_HEADER: 'x-*' }, /^WATCHTOWER_USER_HEADER must be the name of one header/],
    [{ WATCHTOWER_USER_HEADER: 'X-A,X-B' }, /^WATCHTOWER_USER_HEADER must be the name of one header/],
    [{ WATCHTOWER_DEDUPE: 'maybe' }, /^WATCHTOWER_DEDUPE must be one of skip, reject/],
    [{ WATCHTOWER_RAW_DAYS: '0' }, /^WATCHTOWER_RAW_DAYS must be a whole number of days/],
    [{ WATCHTOWER_DONE_DAYS: '1.5' }, /^WATCHTOWER_DONE_DAYS must be a whole number of days/],
    [{ WATCHTOWER_MAX_FILE_MB: '1e3' }, /^WATCHTOWER_MAX_FILE_MB must be a whole number of megabytes/],
    [{ WATCHTOWER_TIMEZONE: 'Mars/Base' }, /^WATCHTOWER_TIMEZONE must be a time zone name/],
    [{ WATCHTOWER_TIMEZONE: '+02:00' }, /^WATCHTOWER_TIMEZONE must be a time zone name/],
    [{ WATCHTOWER_KEEP_HEADERS: 'a b' }, /^WATCHTOWER_KEEP_HEADERS must be header names/],
    [{ WATCHTOWER_CLICKHOUSE_URL: 'localhost:8123' }, /^WATCHTOWER_CLICKHOUSE_URL must be an http/],
    [{ WATCHTOWER_ADMIN_KEY: 'two words' }, /^WATCHTOWER_ADMIN_KEY must be printable ASCII/],
  ])('refuses %j with one line that names the setting', (env, message) => {
    expect(wrong(env as Record<string, string>)).toMatch(message);
    expect(wrong(env as Record<string, string>)).not.toContain('\n');
  });

  it('never repeats a key or a URL with a password in its message', () => {
    expect(wrong({ WATCHTOWER_ADMIN_KEY: 'my secret' })).not.toContain('my secret');
    expect(wrong({ WATCHTOWER_CLICKHOUSE_URL: 'ftp://u:pass@h' })).not.toContain('pass');
    expect(wrong({ WATCHTOWER_CLICKHOUSE_READ_URL: 'ftp://u:pass@h' })).not.toContain('pass');
  });
});
