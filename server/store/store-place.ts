// Where the media bytes lie, as the configuration says it.

export type S3Keys = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of keys that expire. */
  readonly sessionToken?: string
}

export type S3Place = {
  readonly kind: 's3'
  readonly bucket: string
  /** Scheme, host and port, with no slash at its end. */
  readonly endpoint: string
  readonly region: string
  /** In front of every key: empty, or with a slash at its end. */
  readonly prefix: string
  readonly keys: S3Keys
}

export type FilePlace = {
  readonly kind: 'file'
  /** The folder of all recordings. */
  readonly dir: string
}

export type StorePlace = FilePlace | S3Place
