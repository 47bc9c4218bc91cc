interface Receiver {
  readonly uid: string;
  readonly type: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The content of the contact point's file, and a line for each variable that is set and was left out. */
export function contactPoint(env: NodeJS.ProcessEnv): {
  readonly file: {
    readonly contactPoints: readonly { readonly name: string; readonly receivers: readonly Receiver[] }[];
    readonly deleteContactPoints: readonly { readonly uid: string }[];
  };
  readonly warnings: readonly string[];
};

/** Lays out the folder that Grafana provisions itself from, and gives it. */
export function layOut(folder: string, env: NodeJS.ProcessEnv): string;
