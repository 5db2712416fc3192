/** Says whether a value that came out of a file is what the code behind it was written for. */
export type Shape = (value: unknown) => boolean;

export const text: Shape = (value) => typeof value === 'string';
export const count: Shape = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
export const flag: Shape = (value) => typeof value === 'boolean';

export const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);

/** A field that may be left out. */
export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined || shape(value);

export const oneOf =
  (...values: readonly unknown[]): Shape =>
  (value) =>
    values.includes(value);

export const either =
  (...shapes: readonly Shape[]): Shape =>
  (value) =>
    shapes.some((shape) => shape(value));

export const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every((item) => shape(item));

/** An object with at least these fields: a later version may add others. */
export const fields = (shapes: Readonly<Record<string, Shape>>): Shape => {
  const entries = Object.entries(shapes);
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    const known = new Map(Object.entries(value));
    return entries.every(([name, shape]) => shape(known.get(name)));
  };
};
