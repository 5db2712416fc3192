import about from '../../package.json' with { type: 'json' };

/** The version of hoopctl, as package.json says. */
export const VERSION: string = about.version;
