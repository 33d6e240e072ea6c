// Finds what slows machines down (booking/waiting_room/proof.py): a number that, hashed with the challenge, gives so many
// zero bits. Only where the browser can hash.

const AT_ONCE = 256;

export async function solve(challenge, bits) {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, at) => String(first + at));
    const digests = await Promise.all(
      tries.map((answer) => crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}.${answer}`))),
    );
    const found = digests.findIndex((digest) => new DataView(digest).getUint32(0) >>> (32 - bits) === 0);
    if (found >= 0) return tries[found];
  }
}
