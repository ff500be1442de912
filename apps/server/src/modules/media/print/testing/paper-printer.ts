// A printer for tests that takes colour, can have a fault, and can break off when it is told to print. Not part of the
// product.
import { type DicomJson, itemsOf, newUid, numberOf, textOf } from '@yunying/dicom';
import { answerContexts, commandField, createScp, type Exchange, status } from '@yunying/dimse';
import { element, encodeJson, readJson } from '../../../../dimse/dataset-json.ts';
import { printParts } from '../printer.ts';

type Image = {
  photometric: string | null;
  samples: number | null;
  planar: number | null;
  rows: number;
  columns: number;
  pixels: Buffer;
};

export async function startPaperPrinter() {
  const seen = {
    images: [] as Image[],
    printed: 0,
    copies: null as string | null,
    fault: null as string | null,
    /** The sheet at which it breaks off instead of answering. */
    breakAt: null as number | null,
  };
  const read = async ({ dataset, context }: Exchange) =>
    dataset === null ? {} : (await readJson(dataset, context.transferSyntax, 64 * 1024 ** 2)).json;
  const answer = (exchange: Exchange, json: DicomJson, fields = {}) =>
    exchange.respond(
      { status: status.success, ...fields },
      encodeJson(json, exchange.context.transferSyntax, null),
    );
  const scp = createScp({
    negotiate: (request) => ({
      accept: { contexts: answerContexts(request, (context) => context.transferSyntaxes[0] ?? '') },
    }),
    services: {
      [commandField.nGetRq]: (exchange) =>
        answer(exchange, {
          '21100010': element('CS', seen.fault === null ? 'NORMAL' : 'FAILURE'),
          '21100020': element('CS', seen.fault ?? 'NORMAL'),
        }),
      [commandField.nCreateRq]: async (exchange) => {
        const json = await read(exchange);
        seen.copies = textOf(json, '20000010') ?? seen.copies;
        if (exchange.command.affectedSopClassUid !== printParts.film) return answer(exchange, json);
        const [columns = 1, rows = 1] =
          (textOf(json, '20100010') ?? '').split('\\')[1]?.split(',').map(Number) ?? [];
        const boxes = Array.from(
          { length: columns * rows },
          (): DicomJson => ({
            '00081150': element('UI', printParts.colorImage),
            '00081155': element('UI', newUid()),
          }),
        );
        return answer(exchange, { ...json, '20100510': element('SQ', ...boxes) });
      },
      [commandField.nSetRq]: async (exchange) => {
        const json = await read(exchange);
        const [item = {}] = [...itemsOf(json, '20200110'), ...itemsOf(json, '20200111')];
        seen.images.push({
          photometric: textOf(item, '00280004'),
          samples: numberOf(item, '00280002'),
          planar: numberOf(item, '00280006'),
          rows: numberOf(item, '00280010') ?? 0,
          columns: numberOf(item, '00280011') ?? 0,
          pixels: Buffer.from(item['7FE00010']?.InlineBinary ?? '', 'base64'),
        });
        return exchange.respond({ status: status.success });
      },
      [commandField.nActionRq]: async (exchange) => {
        if (seen.printed + 1 === seen.breakAt) return exchange.association.abort('out of power');
        seen.printed += 1;
        return exchange.respond({ status: status.success });
      },
      [commandField.nDeleteRq]: (exchange) => exchange.respond({ status: status.success }),
    },
  });
  await scp.listen('127.0.0.1', 0);
  return Object.assign(seen, { port: scp.address().port, close: () => scp.close({ drainMs: 500 }) });
}
