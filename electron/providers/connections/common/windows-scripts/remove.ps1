# path -> nothing. A link and not what it leads to; with what writes of it that were cut off have left.
$global:about = $p.path
$attributes = Get-Attribute $p.path
if ($null -ne $attributes) {
    if (($attributes -band 0x410) -eq 0x10) {
        Stop-With 'is-directory'
    }
    if (($attributes -band 1) -ne 0) {
        [System.IO.File]::SetAttributes($p.path, 'Normal')
    }
    if (($attributes -band 0x410) -eq 0x410) {
        [System.IO.Directory]::Delete($p.path)
    }
    else {
        [System.IO.File]::Delete($p.path)
    }
}
Remove-Leftover ([System.IO.Path]::GetFullPath($p.path))
return @{ removed = ($null -ne $attributes) }
