// Imported first by every program: more threads for file work (libuv has 4). Four storing associations flush files and
// folders to disk at once, and a fifth request must not wait for them. Must run before the first file operation.
process.env.UV_THREADPOOL_SIZE ??= '16';
