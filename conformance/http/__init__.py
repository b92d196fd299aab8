"""HTTP as it goes over the wire: messages, documents, streams and frames, connections, the client."""
