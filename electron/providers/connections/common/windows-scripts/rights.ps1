# paths -> of each owner, group and access control list as SDDL, and attributes by their names.
$all = New-Object System.Collections.ArrayList
foreach ($path in $p.paths) {
    $global:about = $path
    $real = Resolve-Link $path
    $attributes = Get-Attribute $real
    if ($null -eq $attributes) {
        Stop-With 'missing'
    }
    $names = New-Object System.Collections.ArrayList
    foreach ($known in @(@(1, 'read-only'), @(2, 'hidden'), @(4, 'system'), @(0x800, 'compressed'), @(0x2000, 'not-indexed'), @(0x4000, 'encrypted'))) {
        if (($attributes -band $known[0]) -ne 0) {
            $null = $names.Add($known[1])
        }
    }
    $null = $all.Add(@{ sddl = (Get-Right $real); attributes = [string]::Join(',', $names.ToArray()) })
}
return @{ rights = $all.ToArray() }
