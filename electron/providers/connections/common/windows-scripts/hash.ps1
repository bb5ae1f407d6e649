# path -> sha256.
$real = Resolve-File $p.path
return @{ sha256 = (Get-Sum $real) }
