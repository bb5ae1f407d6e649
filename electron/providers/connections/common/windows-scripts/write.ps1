# files (path, before, after, onHost, sha256, private, owner, sddl, random), leftovers -> nothing. The content is what comes before and
# after the file of the host, of each file in their order. All are made beside those they replace, then all are put in place.
function Write-Content($file, [string]$path, [int]$at) {
    $stream = [System.IO.File]::Open($path, 'Open', 'Write', 'None')
    try {
        $stream.Write($content, $at, $file.before)
        if ($null -ne $file.onHost) {
            $around = Open-File (Resolve-File $file.onHost)
            try {
                $around.CopyTo($stream)
            }
            finally {
                $around.Dispose()
            }
            $global:about = $file.path
        }
        $stream.Write($content, $at + $file.before, $file.after)
        $stream.Flush($true)
    }
    finally {
        $stream.Dispose()
    }
    if ((Get-Sum $path) -ne $file.sha256) {
        Stop-With 'damaged'
    }
}

function Set-Owner([string]$path, [string]$name) {
    try {
        $account = New-Object System.Security.Principal.NTAccount $name
        $sid = $account.Translate([System.Security.Principal.SecurityIdentifier])
    }
    catch {
        Stop-With 'owner-unknown'
    }
    $security = [System.IO.File]::GetAccessControl($path, 'Owner')
    $security.SetOwner($sid)
    try {
        [System.IO.File]::SetAccessControl($path, $security)
    }
    catch {
        Stop-With 'rights-not-kept'
    }
}

function Set-WantedRight($file, [string]$path, [string]$target, $old) {
    if ($null -ne $file.sddl) {
        Set-KeptRight $path $file.sddl
    }
    elseif ($null -ne $old) {
        Set-KeptRight $path (Get-Right $target)
    }
    elseif (-not $file.private) {
        Set-Right $path 'D:' 'Access'
    }
    if ($null -ne $file.owner) {
        Set-Owner $path $file.owner
    }
}

$made = New-Object System.Collections.ArrayList
try {
    $at = 0
    foreach ($file in $p.files) {
        $global:about = $file.path
        $target = Resolve-Link $file.path
        $old = Get-Attribute $target
        if ($null -ne $old -and ($old -band 0x10) -ne 0) {
            Stop-With 'is-directory'
        }
        if ($p.leftovers) {
            Remove-Leftover $target
        }
        $new = @{ path = (New-Beside $target $file.random); target = $target; old = $old; placed = $false }
        $null = $made.Add($new)
        Write-Content $file $new.path $at
        Set-WantedRight $file $new.path $target $old
        $at += $file.before + $file.after
    }
    foreach ($new in $made) {
        $global:about = $new.target
        Move-Over $new.path $new.target
        $new.placed = $true
        if ($null -ne $new.old) {
            Set-KeptAttribute $new.target $new.old
        }
    }
}
finally {
    foreach ($new in $made) {
        if (-not $new.placed) {
            [System.IO.File]::Delete($new.path)
        }
    }
}
return @{ written = $made.Count }
