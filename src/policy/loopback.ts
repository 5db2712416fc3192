/** Names by which a machine calls itself. Linux connects `0.0.0.0` and `::` to itself, and listens there for itself, too. */
const ITSELF =
  /^(?:localhost|.+\.localhost|localhost\.localdomain|ip6-localhost|ip6-loopback|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])$/;
const PLACE = /^(?<host>.+):(?<port>\d+)$/;

/** How else a place on the machine itself may be written: `localhost:80` for `127.0.0.1:80`. None for places elsewhere. */
export function otherNames(place: string): readonly string[] {
  const { host = '', port = '' } = PLACE.exec(place)?.groups ?? {};
  return ITSELF.test(host) ? ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`) : [];
}
