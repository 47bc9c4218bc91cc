import type { Field, Frame, Json, Value } from '../frames';

/** Rows that are compressed together: what is held at once, and few enough groups for the index at the end. */
const GROUP = 20_000;

/** How a column is written. Texts are never missing; JSON stays a text, as readers differ in what else they make of it. */
const TYPES = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  other: { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  number: { type: 'DOUBLE', repetition_type: 'OPTIONAL' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', repetition_type: 'OPTIONAL' },
} as const satisfies Record<Field['type'], object>;

/** Writes frames of the same fields as one Parquet file: each call gives the bytes that are ready by then. */
export interface ParquetPages {
  page(frame: Frame): Uint8Array;
  end(): Uint8Array;
}

/** Begins a file whose columns are those of the first frame. Numbers are doubles, instants milliseconds in UTC. */
export async function parquetPages({ schema: { fields } }: Frame): Promise<ParquetPages> {
  // The library is an ES module alone, and only this format needs it.
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer');
  const bytes = new ByteWriter();
  const schema = [
    { name: 'events', num_children: fields.length },
    ...fields.map(({ name, type }) => ({ name, ...TYPES[type] })),
  ];
  const file = new ParquetWriter({ writer: bytes, schema, createdBy: 'pmta-watchtower' });
  let waiting = fields.map((): Cell[] => []);

  const taken = (): Uint8Array => {
    const ready = bytes.getBytes().slice();
    bytes.index = 0;
    return ready;
  };
  const flush = (): void => {
    const columnData = fields.map(({ name }, at) => ({ name, data: waiting[at] ?? [], offsetIndex: false }));
    // Nothing is waited for: the bytes go into memory.
    if (waiting[0]?.length) void file.write({ columnData, rowGroupSize: GROUP });
    waiting = fields.map(() => []);
  };
  return {
    page({ data }) {
      fields.forEach(({ type }, at) => {
        for (const value of data.values[at] ?? []) waiting[at]?.push(cellOf(type, value));
      });
      if ((waiting[0]?.length ?? 0) >= GROUP) flush();
      return taken();
    },
    end() {
      flush();
      void file.finish();
      return taken();
    },
  };
}

type Cell = string | number | Date | null;

function cellOf(type: Field['type'], value: Value | Json): Cell {
  if (type === 'other') return JSON.stringify(value ?? {});
  if (type === 'time') return typeof value === 'number' ? new Date(value) : null;
  if (type === 'number') return typeof value === 'number' ? value : null;
  return typeof value === 'string' ? value : String((value as Value | undefined) ?? '');
}
