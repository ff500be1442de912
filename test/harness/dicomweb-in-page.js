// Runs inside a page of another origin, after dicomweb-client's own script: calls one of its functions and writes the
// answer as JSON, with binary parts as base64.

const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
const toBase64 = (buffer) => {
  let text = '';
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
};
const plain = (value) => {
  if (value instanceof ArrayBuffer) return { base64: toBase64(value) };
  return Array.isArray(value) ? value.map(plain) : value;
};

globalThis.callDicomWeb = async ({ url, headers, name, options, datasets }) => {
  const client = new DICOMwebClient.api.DICOMwebClient({ url, headers, verbose: false });
  const given = datasets === undefined ? options : { ...options, datasets: datasets.map(fromBase64) };
  try {
    return { answer: plain(await client[name](given)) };
  } catch (error) {
    return { status: error.status ?? null, message: error.message };
  }
};
