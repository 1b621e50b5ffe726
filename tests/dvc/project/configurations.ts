/** `.dvc/config`, with `.dvc/config.local`, as users write them. */
export interface Configuration {
  readonly name: string;
  readonly config: string;
  readonly local?: string;
}

export const configurations: readonly Configuration[] = [
  { name: 'empty', config: '' },
  { name: 'comments only', config: '# a comment\n\n  # another\n' },
  {
    name: 'as dvc writes it',
    config:
      '[core]\n    remote = storage\n    autostage = true\n[\'remote "storage"\']\n    url = s3://bucket/path\n',
  },
  { name: 'a relative cache', config: '[cache]\ndir = ../../shared\n' },
  { name: 'an absolute cache', config: '[cache]\n    dir = /tmp/some/cache # comment\n' },
  { name: 'a cache in the home folder', config: '[cache]\ndir = ~/cache\n' },
  { name: 'a quoted cache', config: '[cache]\ndir = "a, b # c"\n' },
  { name: 'an apostrophe', config: "[cache]\ndir = 'it is here'\n" },
  { name: 'link types', config: '[cache]\ntype = "hardlink,symlink"\n' },
  { name: 'link types as a list', config: '[cache]\n    type = hardlink, copy\n' },
  { name: 'link types as a list with a comma at the end', config: '[cache]\n    type = symlink,\n' },
  { name: 'an unknown link type', config: '[cache]\ntype = magic\n' },
  { name: 'shared', config: '[cache]\nshared = group\n' },
  { name: 'an unknown way to share', config: '[cache]\nshared = all\n' },
  { name: 'parsing', config: '[parsing]\nbool = boolean_optional\nlist = Append\n' },
  { name: 'an unknown way to parse', config: '[parsing]\nbool = maybe\n' },
  { name: 'upper case', config: '[CORE]\nAUTOSTAGE = True\n[Cache]\nDIR = x\n' },
  { name: 'a wrong boolean', config: '[core]\nautostage = yes\n' },
  {
    name: 'local over shared',
    config: '[core]\nautostage = true\n[cache]\ndir = a\n',
    local: '[cache]\ndir = b\n',
  },
  { name: 'a section twice', config: '[core]\nautostage = true\n[core]\nno_scm = true\n' },
  { name: 'a key twice', config: '[core]\nautostage = true\nautostage = false\n' },
  { name: 'neither section nor setting', config: '[core]\nautostage\n' },
  { name: 'a bad quote', config: '[cache]\ndir = "abc\n' },
  { name: 'an empty value', config: '[cache]\nslow_link_warning = true\n[core]\nsite_cache_dir =\n' },
  { name: 'three quotes', config: '[cache]\ndir = """a b"""\n' },
  { name: 'three quotes over lines', config: '[core]\nsite_cache_dir = """a\nb"""\nautostage = true\n' },
  { name: 'an unknown setting', config: '[core]\nautostaged = true\n' },
  { name: 'an unknown section', config: '[cores]\nautostage = true\n' },
  { name: 'an unknown section that is empty', config: '[core]\nautostage = true\n[nothing]\n' },
  { name: 'a setting in no section', config: 'autostage = true\n[core]\n' },
  { name: 'a setting of another kind of remote', config: '[\'remote "a"\']\nurl = ../store\nregion = x\n' },
  { name: 'a setting of S3', config: '[\'remote "a"\']\nurl = s3://bucket\nregion = x\n' },
  { name: 'an unknown setting of S3', config: '[\'remote "a"\']\nurl = s3://bucket\nregions = x\n' },
  {
    name: 'any setting on another remote',
    config: '[\'remote "a"\']\nurl = remote://b/x\nwhatever = x\n[\'remote "b"\']\nurl = /b\n',
  },
  { name: 'an unknown setting of a database', config: '[\'db "d"\']\nurl = x\nuser = y\n' },
  { name: 'an unknown feature', config: '[feature]\nparametrization = true\n' },
  {
    name: "a remote's settings by its URL on another level",
    config: '[\'remote "a"\']\nurl = s3://bucket\n',
    local: '[\'remote "a"\']\naccess_key_id = x\n',
  },
  { name: 'colon in a value', config: '[cache]\ndir = a:b=c\n' },
  { name: 'windows line ends', config: '[core]\r\nautostage = true\r\n' },
];
