// The shared worker: all tabs of one login hang on one stream.
import { Stream } from "./stream.js";

const ports = new Set();
let stream;

const all = (told) => {
  if (told.reset || told.gone) stream = undefined; // whoever comes next begins anew
  ports.forEach((port) => port.postMessage(told));
};

// A server that is away for long is no reason for every tab to open a stream of its own.
setInterval(() => all({ here: true }), 20_000);

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.bye) return ports.delete(port);
    ports.add(port);
    // A tab that did not open the stream asks for what it missed by itself: it hears from now on.
    port.postMessage({ joined: true, behind: Boolean(stream), state: stream?.state });
    stream ??= new Stream(data.src, data.cursor, all);
  };
};
