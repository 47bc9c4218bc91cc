import { config } from '@grafana/runtime';

/** What a person may do. The datasource refuses the rest by itself; here it is merely not offered. */
export interface Rights {
  readonly upload: boolean;
  readonly retry: boolean;
  readonly remove: boolean;
}

/** What the role of whoever looks at the page allows: the same roles as the datasource's routes and resources ask for. */
export function rightsOf(role: string = config.bootData.user.orgRole): Rights {
  const editor = role === 'Editor' || role === 'Admin';
  return { upload: editor, retry: editor, remove: role === 'Admin' };
}
