import type { ModelDescription, QueryResult } from '../ingester/src/model';
import { hasGo } from '../scripts/plugin.cjs';
import { Backend, SEEN, type Results } from './backend';
import { questionsOf, type Known, type Question } from './questions';

const there = hasGo();
if (!there) process.stderr.write('Go is not installed: the tests of the built backend are skipped.\n');

// The built backend, started and spoken to over the plugin protocol as Grafana does, in front of the real service.
(there ? describe : describe.skip)('queries through the built backend', () => {
  let backend: Backend;
  let questions: Question[];

  beforeAll(async () => {
    backend = await Backend.open();
    const [file] = await backend.wrong();
    questions = questionsOf({ ...(await bounced()), file: file?.id ?? '' });
  }, 300_000);

  afterAll(() => backend?.close());

  /** A message that bounced. */
  async function bounced(): Promise<Omit<Known, 'file'>> {
    const columns = ['messageId', 'job', 'recipient'];
    const filters = [{ dimension: 'eventType', values: ['bounce'] }];
    const [frame] = await backend.service.ask({ ...SEEN, queryType: 'events', columns, filters });
    const [messageId = '', job = '', recipient = ''] = columns.map(
      (_, at) => frame?.data.values[at]?.[0] as string,
    );
    return { messageId, job, recipient };
  }

  const asked = (question: Question, refId: string) => ({
    refId,
    queryType: question.queryType,
    ...question.query,
    ...SEEN,
  });

  // A kind of question without a line in the table would be one that nobody has tried.
  it('are tried and answered in every kind that the API has', async () => {
    const { queryTypes } = await backend.service.get<ModelDescription>('/api/model');
    const answers = await backend.direct(
      questions.map((question, at) => asked(question, String(at))),
      'Editor',
    );
    const answered = questions
      .filter((_, at) => answers[at]?.status === 200)
      .map(({ queryType }) => queryType);
    expect([...new Set(questions.map(({ queryType }) => queryType))]).toEqual(
      queryTypes.map(({ name }) => name),
    );
    expect([...new Set(answered)]).toEqual(queryTypes.map(({ name }) => name));
  });

  // What is lost on the way is lost to every panel and rule: a label, a null that became 0, a notice, a unit.
  it.each(['Viewer', 'Editor'])(
    'have the frames and errors of the API, alone and together, as %s',
    async (role) => {
      const queries = questions.map((question, at) => asked(question, `R${at}`));
      const [own, together] = [await backend.direct(queries, role), await backend.through(queries, role)];
      for (const [at, question] of questions.entries()) {
        const query = queries[at] as (typeof queries)[number];
        const alone = await backend.through([query], role);
        const told = (results: Results) => [question.says, canonical(results[query.refId], question)];
        expect(told(together)).toEqual(told(own));
        expect(told(alone)).toEqual(told(own));
      }
    },
    120_000,
  );

  // Without it the comparison could be one of nothing.
  it('show in these answers all that a frame can hold', async () => {
    const results = Object.values(
      await backend.through(
        questions.map((question, at) => asked(question, `R${at}`)),
        'Editor',
      ),
    );
    const frames = results.flatMap((result) => ('frames' in result ? result.frames : []));
    const fields = frames.flatMap(({ schema, data }) =>
      schema.fields.map((field, at) => ({ ...field, cells: data.values[at] ?? [] })),
    );
    const kinds = fields.map(({ typeInfo }) => `${typeInfo.frame} ${typeInfo.nullable ?? false}`);
    expect([...new Set(kinds)].sort()).toEqual([
      'float64 true',
      'json.RawMessage false',
      'string false',
      'time.Time false',
      'time.Time true',
    ]);
    expect([...new Set(frames.map(({ schema }) => schema.meta?.type ?? 'none'))].sort()).toEqual([
      'heatmap-rows',
      'log-lines',
      'none',
      'numeric-multi',
      'timeseries-multi',
    ]);
    const shown = {
      labels: fields.some(({ labels }) => Object.keys(labels ?? {}).length > 1),
      units: new Set(fields.flatMap(({ config }) => config?.unit ?? [])).size > 3,
      'missing numbers among others': fields.some(
        ({ type, cells }) => type === 'number' && cells.includes(null) && cells.some((cell) => cell !== null),
      ),
      'missing times': fields.some(({ type, cells }) => type === 'time' && cells.includes(null)),
      zeros: fields.some(({ cells }) => cells.includes(0)),
      notices: frames.some(({ schema }) => (schema.meta?.notices ?? []).length > 0),
      'custom meta': frames.some(({ schema }) => Object.keys(schema.meta?.custom ?? {}).length > 0),
      'empty frames with fields': frames.some(
        ({ schema, data }) => schema.fields.length > 1 && data.values.every((cells) => cells.length === 0),
      ),
      'many rows': fields.some(({ cells }) => cells.length > 400),
      errors: results.filter((result) => 'error' in result).length > 10,
    };
    expect(Object.entries(shown).filter(([, is]) => !is)).toEqual([]);
  });

  it('hide recipients from a Viewer alone', async () => {
    const events = [asked({ says: '', queryType: 'events', query: { columns: ['recipient'] } }, 'A')];
    const [masked, open] = [await backend.through(events, 'Viewer'), await backend.through(events, 'Editor')];
    expect(JSON.stringify(masked)).toContain('***@');
    expect(JSON.stringify(open)).not.toContain('***@');
  });

  it('name the channel of the live counters', async () => {
    const { A } = await backend.through([{ ...SEEN, refId: 'A', queryType: 'live' }], 'Viewer');
    expect(A).toMatchObject({
      status: 200,
      frames: [{ schema: { meta: { channel: 'ds/pmta-watchtower/counters' } } }],
    });
  });
});

/** What is no frame type's version: the SDK cannot leave it out. */
const NO_VERSION = JSON.stringify([0, 0]);

/** A result without what the SDK's encoder says of nothing, or leaves out where the API says no. */
function canonical(result: QueryResult | undefined, { now }: Question): unknown {
  if (!result) return result;
  // An error has no frames beside it; the SDK says so.
  if ('error' in result) return { frames: [], ...result };
  const frames = result.frames.map(({ schema: { meta = {}, fields, ...schema }, data }) => {
    const { typeVersion = [0, 0], ...rest } = meta;
    return {
      ...schema,
      meta: JSON.stringify(typeVersion) === NO_VERSION ? rest : { ...rest, typeVersion },
      fields: fields.map(({ typeInfo, ...field }) => ({
        ...field,
        typeInfo: { ...typeInfo, nullable: typeInfo.nullable ?? false },
      })),
      values: now
        ? data.values.map((cells, at) => (fields[at]?.type === 'time' ? cells.length : cells))
        : data.values,
    };
  });
  return { ...result, frames };
}
