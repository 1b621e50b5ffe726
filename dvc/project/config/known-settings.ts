/** What DVC's configuration knows, as its schema has it (dvc/config_schema.py), with what is obsolete. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter(Boolean));

/** Section → its settings. */
export const SECTIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  core: words(
    'remote checksum_jobs interactive analytics hardlink_lock no_scm autostage experiments check_update site_cache_dir machine',
  ),
  cache: words('local s3 gs hdfs webhdfs ssh azure dir type protected shared slow_link_warning verify'),
  state: words('dir row_limit row_cleanup_quota'),
  index: words('dir'),
  plots: words('html_template auto_open out_dir'),
  exp: words('code data models metrics params plots live auto_push git_remote'),
  parsing: words('bool list'),
  hydra: words('enabled config_dir config_module config_name plugins_path'),
  studio: words('token url repo_url offline'),
};

/** Sections with a name: `db "x"`. */
export const NAMED_SECTIONS: Readonly<Record<string, ReadonlySet<string>>> = {
  machine: words(
    `cloud region image spot spot_price instance_hdd_size instance_type instance_gpu ssh_private startup_script
     setup_script`,
  ),
  db: words('url username password'),
};

const common = 'url checksum_jobs jobs worktree no_traverse version_aware';
const http = `${common} auth custom_auth_header user password ask_password ssl_verify method connect_timeout read_timeout verify`;
const webdav = `${common} user password ask_password token bearer_token_command custom_auth_header cert_path key_path timeout
  ssl_verify verify`;

/** Scheme of a remote's URL → its settings; `''` is a folder. */
export const REMOTES: Readonly<Record<string, ReadonlySet<string>>> = {
  '': words(`${common} type protected shared slow_link_warning verify`),
  s3: words(`${common} region profile credentialpath configpath endpointurl access_key_id secret_access_key session_token
    listobjects use_ssl allow_anonymous_login ssl_verify sse sse_kms_key_id sse_customer_algorithm sse_customer_key acl
    grant_read grant_read_acp grant_write_acp grant_full_control cache_regions read_timeout connect_timeout verify`),
  gs: words(`${common} projectname credentialpath endpointurl verify allow_anonymous_login`),
  ssh: words(`${common} type port user password ask_password passphrase ask_passphrase keyfile timeout gss_auth allow_agent
    max_sessions verify`),
  hdfs: words(`${common} user kerb_ticket replication`),
  webhdfs:
    words(`${common} kerberos kerberos_principal proxy_to ssl_verify token use_https user password data_proxy_target
    verify`),
  azure:
    words(`${common} connection_string sas_token account_name account_key tenant_id client_id client_secret
    allow_anonymous_login exclude_environment_credential exclude_visual_studio_code_credential
    exclude_shared_token_cache_credential exclude_managed_identity_credential verify timeout read_timeout connection_timeout`),
  oss: words(`${common} oss_key_id oss_key_secret oss_endpoint verify`),
  gdrive: words(`${common} profile gdrive_use_service_account gdrive_client_id gdrive_client_secret
    gdrive_user_credentials_file gdrive_service_account_user_email gdrive_service_account_json_file_path gdrive_trash_only
    gdrive_acknowledge_abuse verify`),
  http: words(http),
  https: words(http),
  webdav: words(webdav),
  webdavs: words(webdav),
};
