import { useEffect, useState } from 'react';
import type { WatchtowerDatasource } from '../datasource';
import type { Model } from '../types';

/** The model once it is there, or why it is not. */
export interface ModelState {
  model?: Model;
  error?: string;
}

/** What questions can be built from, asked of the API when an editor opens. */
export function useModel(datasource: WatchtowerDatasource): ModelState {
  const [state, setState] = useState<ModelState>({});
  useEffect(() => {
    let open = true;
    datasource.model().then(
      (model) => open && setState({ model }),
      (error: unknown) => open && setState({ error: messageOf(error) })
    );
    return () => {
      open = false;
    };
  }, [datasource]);
  return state;
}

/** What a failed call of the backend says: Grafana puts the answer's body into `data`. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    const { data, message } = error as { data?: { error?: { message?: string }; message?: string }; message?: string };
    return data?.error?.message ?? data?.message ?? message ?? String(error);
  }
  return String(error);
}
