import { setTemplateSrv } from '@grafana/runtime';

// A dashboard without variables; tests of them bring their own.
setTemplateSrv({ getVariables: () => [], replace: (text) => text });
