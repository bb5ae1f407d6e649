# from, to -> nothing. Within a directory; what is called `to` is replaced, and leaves neither list nor attributes to the other.
$global:about = $p.from
$attributes = Get-Attribute $p.from
if ($null -eq $attributes) {
    Stop-With 'missing'
}
$global:about = $p.to
$old = Get-Attribute $p.to
if ($null -ne $old -and ($old -band 0x410) -eq 0x10) {
    Stop-With 'is-directory'
}
$rights = Get-Right $p.from
Move-Over $p.from $p.to
if ($null -ne $old) {
    [System.IO.File]::SetAttributes($p.to, [System.IO.FileAttributes]$attributes)
    Set-KeptRight $p.to $rights
}
return @{ renamed = $true }
