# path -> names.
$global:about = $p.path
$real = Resolve-Link $p.path
$attributes = Get-Attribute $real
if ($null -eq $attributes) {
    Stop-With 'missing'
}
if (($attributes -band 0x10) -eq 0) {
    Stop-With 'no-directory'
}
$names = New-Object System.Collections.ArrayList
foreach ($path in [System.IO.Directory]::GetFileSystemEntries($real)) {
    $null = $names.Add([System.IO.Path]::GetFileName($path))
}
return @{ names = $names.ToArray() }
