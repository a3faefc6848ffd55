export function isProgram(entry: string): boolean;
export function bundled(root: string, entry: string): Promise<string>;
