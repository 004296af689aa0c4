/** Letters that the commonest passwords are made of, once digits and signs around them are gone; none of 12 characters is commoner. */
export const commonStems: ReadonlySet<string> = new Set(
  `abc abcd abcde abcdef abcdefg abcdefgh abcdefghij abcdefghijkl admin administrator adminadmin alexander asdf asdfgh asdfghjkl
  asdfghjklqwerty azerty azertyuiop barcelona baseball basketball batman beautiful blink butterfly changeme changemenow charlie
  chocolate computer corporate correcthorsebatterystaple daniel dashboard dashboards default dragon elizabeth everything
  everton football freedom fuckyou fuckyoufuckyou gfhjkm guest hello helloworld iloveyou iloveyousomuch iloveyouforever
  internet jennifer jessica jordan justinbieber killer letmein letmeinplease letmeinnow liverpool login manchester
  manchesterunited master masterpassword master michael michelle midnight monkey mustang nicole opensesame pass passphrase
  passw passwd password passwordpassword passwords p@ssword p@ssw0rd passw0rd pa$$word pokemon princess q1w2e3r4t5y qazwsx qazwsxedc
  qazwsxedcrfv querty qwer qwert qwerty qwertyasdfgh qwertyui qwertyuiop qwertyuiopasdf qwertyuiopasdfghjkl qwertz qwertzuiop
  root samantha sandgate sandgateadmin secret secretpassword shadow spiderman starwars startrek summer sunshine superman
  superuser supersecret teamo temporary test testing testtest thisismypassword tigger trustno welcome welcomehome welcometo
  whatever winter xbox yourpassword youareawesome yugioh zaq zaqwsx zaqxsw zxcvbn zxcvbnm`.split(/\s+/),
);
