/** A bucket, or a folder in one, and how to speak to it. What is left out comes from the environment and `~/.aws`, as with any AWS tool. */
export interface S3Options {
  readonly bucket: string;
  /** Before every key, without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** Files to read in place of `~/.aws/credentials` and `~/.aws/config`. */
  readonly credentialsFile?: string | undefined;
  readonly configFile?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  /** Sign nothing: for public buckets. */
  readonly anonymous?: boolean | undefined;
  /** False: plain HTTP, where no endpoint says otherwise. */
  readonly useTls?: boolean | undefined;
  /** False: any certificate; a text: the file with the certificates to trust. */
  readonly verifyTls?: boolean | string | undefined;
  /** Seconds. */
  readonly connectTimeout?: number | undefined;
  readonly readTimeout?: number | undefined;
  /** Server-side encryption: `AES256`, `aws:kms`. */
  readonly sse?: string | undefined;
  readonly sseKmsKeyId?: string | undefined;
  /** Canned ACL of new objects. */
  readonly acl?: string | undefined;
  readonly grantRead?: string | undefined;
  readonly grantReadAcp?: string | undefined;
  readonly grantWriteAcp?: string | undefined;
  readonly grantFullControl?: string | undefined;
}
