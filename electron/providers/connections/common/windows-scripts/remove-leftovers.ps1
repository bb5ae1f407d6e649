# paths -> nothing. What writes of these files that were cut off have left, whatever its age.
foreach ($path in $p.paths) {
    $global:about = $path
    Remove-Leftover (Resolve-Link $path)
}
return @{ removed = $true }
