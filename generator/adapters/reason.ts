const known: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EISDIR: 'it is a folder',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a file is in the way of a folder',
  EEXIST: 'something else stands there',
  ELOOP: 'links lead in a circle',
  EIO: 'the disk has a fault',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
  EBUSY: 'something else is using it',
  ETXTBSY: 'something else is using it',
  ETIMEDOUT: 'it does not answer in time',
  ENAMETOOLONG: 'its name is too long',
  ENOTEMPTY: 'the folder is not empty',
  EXDEV: 'it is on another file system',
  EFBIG: 'the file would be too large',
};

/** Why the operating system refused, in words. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return (code === undefined ? undefined : known[code]) ?? (error instanceof Error ? error.message : String(error));
}
