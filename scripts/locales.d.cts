/** Texts of all sources of a plugin's folder, nested by the parts of their keys. */
export function textsOf(folder: string): Record<string, unknown>;
